"""Work on many pictures: generators of outcomes, and the record of what was written."""
