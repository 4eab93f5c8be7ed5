"""What is said to the person: translated, spoken, shown."""
