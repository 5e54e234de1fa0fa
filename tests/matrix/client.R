# Says for each line that it is told which keys there are for aws.s3, and what DuckDB is told before a statement.
duckdb <- new(getClass("duckdb_connection", where = asNamespace("duckdb")), told = new.env())
told <- file("stdin", "r")
while (length(readLines(told, n = 1L))) {
  keys <- aws.signature::locate_credentials()
  stopifnot(Sys.getenv("AWS_ACCESS_KEY_ID") == "")
  DBI::dbExecute(duckdb, "FROM 's3://sardonyx/x.parquet'")
  writeLines(c(keys$key, keys$secret, keys$session_token, duckdb@told$statements[[1]]))
  duckdb@told$statements <- NULL
  flush(stdout())
}
