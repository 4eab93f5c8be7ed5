"""The list is looked through: filtered, sorted, taken out of."""
