"""What the files of the batch say: how many have words, folder by folder."""
