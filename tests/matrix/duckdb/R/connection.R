setClass("duckdb_driver", contains = "DBIDriver", slots = list(told = "environment"))
setClass("duckdb_connection", contains = "DBIConnection", slots = list(driver = "duckdb_driver"))
setClass("duckdb_result", contains = "DBIResult")
duckdb <- function() {
  told <- new.env()
  told$connections <- 0L
  new("duckdb_driver", told = told)
}
setMethod("dbConnect", "duckdb_driver", function(drv, ...) {
  drv@told$connections <- drv@told$connections + 1L
  new("duckdb_connection", driver = drv)
})
setMethod("dbDisconnect", "duckdb_connection", function(conn, ...) {
  conn@driver@told$connections <- conn@driver@told$connections - 1L
  invisible(TRUE)
})
setMethod("dbSendQuery", c("duckdb_connection", "character"), function(conn, statement, ...) {
  conn@driver@told$statements <- c(conn@driver@told$statements, statement)
  new("duckdb_result")
})
setMethod("dbClearResult", "duckdb_result", function(res, ...) invisible(TRUE))
setMethod("dbGetRowsAffected", "duckdb_result", function(res, ...) 0L)
