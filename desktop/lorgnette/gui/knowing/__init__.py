"""What the current picture's file knows already: shown, spoken, and put into the text."""
