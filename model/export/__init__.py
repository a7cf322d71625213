"""Stacks in the files of other programs. One file a format; ``table`` lists them and says what each can hold."""
