"""The store becomes tables: one Parquet file a table and month of creation, which every engine reads without us."""
