"""Documents: a decomposition, and what edits made of it.

create          a document of a decomposition
edit            operations become the next revision, all or none
rename          the name, which is no revision
steps           undo, redo, restore: the next revision shows an earlier state
picture         a revision's picture, made once
freeze          what it looks like becomes a decomposition of its own
refold          scenes that another version kept
change          on what terms somebody writes; what came of it
"""
