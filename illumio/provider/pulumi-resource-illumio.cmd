@echo off
node "%~dp0main.cjs" %*
