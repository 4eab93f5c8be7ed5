"""One picture and its words, before a person's eyes."""
