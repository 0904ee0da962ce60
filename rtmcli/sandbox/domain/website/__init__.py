"""Customers on the website: visits, what they do, and which agents watch them."""
