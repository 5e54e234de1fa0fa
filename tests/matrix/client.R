# Says for each line that it is told which keys there are for aws.s3, and what DuckDB is told before a statement.
connection <- DBI::dbConnect(duckdb::duckdb())
database <- connection@driver@told
told <- file("stdin", "r")
while (length(readLines(told, n = 1L))) {
  keys <- aws.signature::locate_credentials()
  stopifnot(Sys.getenv("AWS_ACCESS_KEY_ID") == "")
  DBI::dbExecute(connection, "FROM 's3://sardonyx/x.parquet'")
  writeLines(c(keys$key, keys$secret, keys$session_token, database$statements[[1]]))
  database$statements <- NULL
  flush(stdout())
}
