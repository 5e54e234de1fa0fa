# Says for each line that it is told which keys there are for aws.s3, and the secret for DuckDB.
told <- file("stdin", "r")
while (length(readLines(told, n = 1L))) {
  keys <- aws.signature::locate_credentials()
  stopifnot(Sys.getenv("AWS_ACCESS_KEY_ID") == "")
  writeLines(c(keys$key, keys$secret, keys$session_token, sardonyx_duckdb_secret()))
  flush(stdout())
}
