//go:build tools

// Package build only holds the requirement of the Pulumi CLI, so that `go mod tidy` keeps it; it is never compiled.
package build

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
