// The AWS SDK warns on Node 20 of releases to come; the pinned ones support it, so a newcomer need not wonder.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
