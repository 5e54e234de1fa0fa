setClass("duckdb_connection", contains = "DBIConnection", slots = list(told = "environment"))
setClass("duckdb_result", contains = "DBIResult")
setMethod("dbSendQuery", c("duckdb_connection", "character"), function(conn, statement, ...) {
  conn@told$statements <- c(conn@told$statements, statement)
  new("duckdb_result")
})
setMethod("dbClearResult", "duckdb_result", function(res, ...) invisible(TRUE))
setMethod("dbGetRowsAffected", "duckdb_result", function(res, ...) 0L)
