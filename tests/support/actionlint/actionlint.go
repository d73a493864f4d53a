//go:build tools

// Package actionlint pins the linter of .github/workflows; tests/workflows.test.ts builds and runs it.
package actionlint

import _ "github.com/rhysd/actionlint/cmd/actionlint"
