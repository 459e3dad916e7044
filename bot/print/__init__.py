"""What is made for paper: data in, bytes out."""
