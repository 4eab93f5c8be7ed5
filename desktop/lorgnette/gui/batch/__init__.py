"""The pictures: the value, the model, the list, what is kept of them."""
