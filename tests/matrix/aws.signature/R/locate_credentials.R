locate_credentials <- function(...) {
  list(
    key = Sys.getenv("AWS_ACCESS_KEY_ID"), secret = Sys.getenv("AWS_SECRET_ACCESS_KEY"),
    session_token = Sys.getenv("AWS_SESSION_TOKEN")
  )
}
