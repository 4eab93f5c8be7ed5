"""The networks that lorgnette trains: CNNs that see, an RNN that says."""
