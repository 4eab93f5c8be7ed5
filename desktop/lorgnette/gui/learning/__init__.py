"""What a person corrects the same way again and again is offered as a rule."""
