"""What can be changed, a file for each part of the domain; ``schema.mutation`` joins them."""
