"""What can be read, a file for each part of the domain; ``schema.query`` joins them."""
