"""The command of each method, and the commands beside them."""
