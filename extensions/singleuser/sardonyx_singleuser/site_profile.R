# What every R of a server reads before the person's own .Rprofile; R_PROFILE names it.
#
# paws and arrow ask for keys by themselves. aws.signature, and with it aws.s3, looks at each request for keys that stand
# in variables, and knows no other way (0.6.0): so they stand there while it looks, and at no other time, for other
# programs would take them for their own and go on with them when they have expired.
# DuckDB knows only keys that stand in a secret of each database (1.4): it is made before each statement that names an
# address of the store, where DuckDB's part for S3 is wanted in any case.

local({
  # What R would have read instead of this.
  usual <- file.path(R.home("etc"), "Rprofile.site")
  if (file.exists(usual)) sys.source(usual, envir = baseenv())

  # R asks before it makes a library for its person's own packages; a notebook has nobody to answer, and fails.
  own <- strsplit(Sys.getenv("R_LIBS_USER"), ":", fixed = TRUE)[[1]][1]
  if (!is.na(own) && !dir.exists(own) && dir.create(own, showWarnings = FALSE, recursive = TRUE)) .libPaths(c(own, .libPaths()))

  VARIABLES <- c(AccessKeyId = "AWS_ACCESS_KEY_ID", SecretAccessKey = "AWS_SECRET_ACCESS_KEY", Token = "AWS_SESSION_TOKEN")
  LEAST_LEFT_S <- 20 * 60 # what is read or written with keys may take so long
  PATIENCE_S <- 20

  # In the person's language, by R's own gettext; where R can write no more than ASCII, it stays with English by itself.
  words <- file.path(dirname(Sys.getenv("R_PROFILE")), "locale")
  gettext <- function(text) {
    before <- Sys.getenv("LANGUAGE", NA)
    on.exit(if (is.na(before)) Sys.unsetenv("LANGUAGE") else Sys.setenv(LANGUAGE = before))
    Sys.setenv(LANGUAGE = Sys.getenv("SARDONYX_LANGUAGE"))
    bindtextdomain("sardonyx", words)
    base::gettext(text, domain = "sardonyx")
  }

  keys <- NULL
  is_lent <- FALSE

  field <- function(text, name) {
    found <- regmatches(text, regexec(sprintf('"%s"[[:space:]]*:[[:space:]]*"([^"]*)"', name), text))[[1]]
    if (length(found) != 2) stop(gettext("The service that gives keys answers with something else. Try again in a minute."), call. = FALSE)
    found[[2]]
  }

  ask <- function() {
    patience <- options(timeout = PATIENCE_S)
    on.exit(options(patience))
    token <- readLines(Sys.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), n = 1L, warn = FALSE)
    service <- url(Sys.getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"), method = "libcurl", headers = c(Authorization = token))
    on.exit(close(service), add = TRUE)
    text <- tryCatch(
      suppressWarnings(paste(readLines(service, warn = FALSE), collapse = "")),
      error = function(problem) stop(gettext("The service that gives keys does not answer now. Try again in a minute."), call. = FALSE)
    )
    found <- vapply(c(names(VARIABLES), "Expiration"), function(name) field(text, name), "")
    list(found = found, until = as.POSIXct(found[["Expiration"]], format = "%Y-%m-%dT%H:%M:%S", tz = "UTC"))
  }

  current <- function() {
    if (is.null(keys) || difftime(keys$until, Sys.time(), units = "secs") < LEAST_LEFT_S) keys <<- ask()
    keys$found
  }

  lend <- function() {
    # A key of the person's own wins.
    if (nzchar(Sys.getenv("AWS_ACCESS_KEY_ID"))) return(invisible())
    now <- tryCatch(current(), error = function(problem) { warning(conditionMessage(problem), call. = FALSE); NULL })
    if (is.null(now)) return(invisible())
    do.call(Sys.setenv, structure(as.list(now[names(VARIABLES)]), names = VARIABLES))
    is_lent <<- TRUE
  }

  # Other buckets are those of stores that the person has told DuckDB of.
  bucket <- function() sprintf("s3://%s/", Sys.getenv("SARDONYX_S3_BUCKET"))

  secret <- function() {
    now <- current()
    sprintf(
      paste(
        "CREATE OR REPLACE SECRET sardonyx (TYPE s3, KEY_ID '%s', SECRET '%s', SESSION_TOKEN '%s', REGION '%s',",
        "ENDPOINT '%s', USE_SSL %s, URL_STYLE 'path', SCOPE '%s')"
      ),
      now[["AccessKeyId"]], now[["SecretAccessKey"]], now[["Token"]], Sys.getenv("AWS_REGION"),
      sub("^https?://", "", Sys.getenv("AWS_ENDPOINT_URL")), tolower(startsWith(Sys.getenv("AWS_ENDPOINT_URL"), "https:")),
      bucket()
    )
  }

  equip <- function(connection, statement) {
    tryCatch(
      if (any(grepl(bucket(), statement, fixed = TRUE, useBytes = TRUE)) && !nzchar(Sys.getenv("AWS_ACCESS_KEY_ID"))) {
        # By a connection of our own: what fails there ends no transaction of the person's.
        own <- DBI::dbConnect(connection@driver)
        on.exit(DBI::dbDisconnect(own))
        DBI::dbExecute(own, secret())
      },
      # With a secret of before the statement may do yet; where it does not, DuckDB says so.
      error = function(problem) message(conditionMessage(problem))
    )
    invisible()
  }

  take_back <- function() {
    if (is_lent) Sys.unsetenv(VARIABLES)
    is_lent <<- FALSE
  }

  setHook(packageEvent("aws.signature", "onLoad"), function(...) {
    tryCatch(
      suppressMessages(trace(
        "locate_credentials", tracer = as.call(list(lend)), exit = as.call(list(take_back)),
        where = asNamespace("aws.signature"), print = FALSE
      )),
      error = function(problem) warning(
        gettext("aws.signature does not look for keys as it did: take them from sardonyx_keys()."), " ", conditionMessage(problem),
        call. = FALSE
      )
    )
  })

  setHook(packageEvent("duckdb", "onLoad"), function(...) {
    tryCatch(
      suppressMessages(trace(
        "dbSendQuery", signature = c("duckdb_connection", "character"),
        tracer = as.call(list(equip, quote(conn), quote(statement))), where = asNamespace("duckdb"), print = FALSE
      )),
      error = function(problem) warning(
        gettext("duckdb does not send statements as it did: give it keys with sardonyx_duckdb_secret()."), " ", conditionMessage(problem),
        call. = FALSE
      )
    )
  })

  # aws.s3 wants it without https://.
  if (!nzchar(Sys.getenv("AWS_S3_ENDPOINT"))) Sys.setenv(AWS_S3_ENDPOINT = sub("^https?://", "", Sys.getenv("AWS_ENDPOINT_URL")))

  ours <- new.env()
  ours$sardonyx_keys <- function() as.list(current())
  ours$sardonyx_duckdb_secret <- secret
  attach(ours, name = "sardonyx")
})
