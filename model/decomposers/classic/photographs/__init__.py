"""Photographs: the subject before its ground."""
