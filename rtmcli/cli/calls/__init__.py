"""How a command makes its calls: one, all pages of a list, or a stream of them."""
