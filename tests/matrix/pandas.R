# Writes a number to a table of the store for each line that it is told, and says which are there.
pandas <- reticulate::import("pandas")
table <- paste0(Sys.getenv("SARDONYX_S3_HOME"), "table/")
told <- file("stdin", "r")
while (length(number <- readLines(told, n = 1L))) {
  pandas$DataFrame(list(n = list(as.integer(number))))$to_parquet(paste0(table, number, ".parquet"))
  # This reticulate (1.28) makes no data frame of one of pandas 3 by itself.
  there <- as.data.frame(pandas$read_parquet(table)$to_dict("list"))
  cat(sort(there$n), "\n")
  flush(stdout())
}
