// Package main is containerd with what the node of the tests needs of it, and its client: what it is called decides.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	daemon "github.com/containerd/containerd/v2/cmd/containerd/command"
	client "github.com/containerd/containerd/v2/cmd/ctr/app"

	_ "github.com/containerd/containerd/v2/cmd/containerd/builtins"
)

func main() {
	app := daemon.App()
	if filepath.Base(os.Args[0]) == "ctr" {
		app = client.New()
	}
	if err := app.Run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
