"""What programs that use Lamina over HTTP import: ``lamina.client``."""
