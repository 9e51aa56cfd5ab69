namespace IntegrationConsole.Connectors.Failures;

/// <summary>What somebody does first about a test of a connection that failed: nobody tries it again, and no record is at hand to correct.</summary>
public static class CheckAdvice
{
    extension(Failure failure)
    {
        public string Advice => failure switch
        {
            { Code: "404" or "410" } => "Check the path and the base address, then test again.",
            { Code: "400" or "422" } => "Check the path and its parameters, then test again.",
            { Code: "selector" } => "Correct the record selector.",
            { Code: "encoding" or "nul" } => "Choose the encoding in the settings.",
            { Code: "quotes" or "field-count" } => "Check the separator, the quotes and the header row in the settings, or have the file corrected.",
            { Cause: FailureCause.Auth or FailureCause.Configuration } => failure.Cause.Suggestion,
            { Cause: FailureCause.TargetDown } => "Check the address; if it is right, test again when the system is up.",
            { Cause: FailureCause.Timeout } => "Test again; if it stays slow, raise the timeout in the settings.",
            { Cause: FailureCause.RateLimit } => "Wait until the limit resets, then test again.",
            { Cause: FailureCause.SchemaChange } => "Compare the names in the settings with what the system has.",
            { Cause: FailureCause.Malformed } => "Check that the address and the format in the settings are the right ones.",
            { Cause: FailureCause.Bug } => "Report it with the time of the test.",
            _ => "Check the settings against what the system answers, then test again.",
        };
    }
}
