"""Many pictures of one template: rows come in as a table, one job draws them all.

row                   one row, and what can be wrong with it
json_rows, csv_rows   a body becomes rows, each with its values or with what is wrong with it
names                 what the file of a row is called
read_tasks            the same in a pixel process, as bodies come from strangers and may be large
submit                the rows and their job, in one transaction
row_tasks             a row becomes a picture, in a pixel process
result                the pictures of a job as one archive, and the list of its rows
"""
