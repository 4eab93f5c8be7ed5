"""What more than one wing is built of."""
