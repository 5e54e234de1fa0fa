# Runs R's kernel in a project of renv: R is started for it in another folder, and without its profile.
#
# The kernel itself, IRkernel, is hardly in a project's library; it is loaded before renv closes the libraries of the
# machine. What a notebook imports after that comes from the project.

local({
  says <- Sys.getenv("SARDONYX_KERNEL_SAYS")
  say <- function(line) {
    to <- file(file.path("/dev/fd", says), "w")
    writeLines(gsub("[[:space:]]+", " ", line), to)
    close(to)
  }
  tryCatch({
    loadNamespace("IRkernel")
    setwd(Sys.getenv("SARDONYX_KERNEL_FOLDER"))
    Sys.unsetenv(c("SARDONYX_KERNEL_SAYS", "SARDONYX_KERNEL_FOLDER"))
    # It makes the project active, as renv has written it.
    if (file.exists(".Rprofile")) sys.source(".Rprofile", envir = globalenv())
    if (!nzchar(Sys.getenv("RENV_PROJECT"))) source(file.path("renv", "activate.R"))
  }, error = function(problem) {
    say(conditionMessage(problem))
    quit(save = "no", status = 1)
  })
  say("ready")
})
IRkernel::main()
