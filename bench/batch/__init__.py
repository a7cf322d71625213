"""How soon a thousand pictures of one template are there, beside a plain loop."""
