namespace IntegrationConsole.Connectors.Failures;

/// <summary>The class of a failure: the first word an operator sees.</summary>
public enum FailureCause
{
    Auth,
    TargetDown,
    Timeout,
    RateLimit,
    Mapping,
    Validation,
    SchemaChange,
    Conflict,
    ReferenceMissing,
    TooLarge,
    Malformed,
    Configuration,
    Bug,
    Unknown,

    /// <summary>Nothing is wrong with it: it waits behind another that was set aside.</summary>
    Held,

    /// <summary>The tenant has used up what it may take of what all share.</summary>
    Quota,
}

public static class FailureCauses
{
    extension(FailureCause cause)
    {
        /// <summary>The cause in addresses, metrics and exports.</summary>
        public string Code => cause switch
        {
            FailureCause.Auth => "auth",
            FailureCause.TargetDown => "target-down",
            FailureCause.Timeout => "timeout",
            FailureCause.RateLimit => "rate-limit",
            FailureCause.Mapping => "mapping",
            FailureCause.Validation => "validation",
            FailureCause.SchemaChange => "schema-change",
            FailureCause.Conflict => "conflict",
            FailureCause.ReferenceMissing => "reference-missing",
            FailureCause.TooLarge => "too-large",
            FailureCause.Malformed => "malformed",
            FailureCause.Configuration => "configuration",
            FailureCause.Bug => "bug",
            FailureCause.Unknown => "unknown",
            FailureCause.Held => "held",
            FailureCause.Quota => "quota",
        };

        public string Words => cause switch
        {
            FailureCause.Auth => "Sign-in refused",
            FailureCause.TargetDown => "System down",
            FailureCause.Timeout => "Timed out",
            FailureCause.RateLimit => "Rate limit",
            FailureCause.Mapping => "Mapping",
            FailureCause.Validation => "Not accepted",
            FailureCause.SchemaChange => "Schema changed",
            FailureCause.Conflict => "Conflict",
            FailureCause.ReferenceMissing => "Reference missing",
            FailureCause.TooLarge => "Too large",
            FailureCause.Malformed => "Malformed",
            FailureCause.Configuration => "Configuration",
            FailureCause.Bug => "Our bug",
            FailureCause.Unknown => "Unknown",
            FailureCause.Held => "Waits behind another",
            FailureCause.Quota => "Quota used up",
        };

        /// <summary>Whether the same thing may succeed later without anybody changing anything.</summary>
        public bool IsTransient => cause switch
        {
            FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit or FailureCause.Held => true,
            FailureCause.Auth or FailureCause.Mapping or FailureCause.Validation or FailureCause.SchemaChange or FailureCause.Conflict
                or FailureCause.ReferenceMissing or FailureCause.TooLarge or FailureCause.Malformed or FailureCause.Configuration
                or FailureCause.Bug or FailureCause.Unknown or FailureCause.Quota => false,
        };

        /// <summary>Whether the outside system is well and a record is not: a call that ends like this was answered.</summary>
        public bool IsOfARecord => cause switch
        {
            FailureCause.Mapping or FailureCause.Validation or FailureCause.Conflict or FailureCause.ReferenceMissing or FailureCause.TooLarge => true,
            FailureCause.Auth or FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit or FailureCause.SchemaChange or FailureCause.Malformed
                or FailureCause.Configuration or FailureCause.Bug or FailureCause.Unknown or FailureCause.Held or FailureCause.Quota => false,
        };

        /// <summary>What a person does first about it.</summary>
        public string Suggestion => cause switch
        {
            FailureCause.Auth => "Replace the credential, then test the connection.",
            FailureCause.TargetDown => "Wait: it is tried again by itself.",
            FailureCause.Timeout => "Wait: it is tried again by itself. Smaller batches help where it stays slow.",
            FailureCause.RateLimit => "Wait until the limit resets, or run less often.",
            FailureCause.Mapping => "Open the mapping at the field, or correct the record.",
            FailureCause.Validation => "Correct the record, or change the mapping so that the destination accepts it.",
            FailureCause.SchemaChange => "Compare what the source sends with the mapping and its schema.",
            FailureCause.Conflict => "Compare with the record at the destination; discard the letter if it is there already.",
            FailureCause.ReferenceMissing => "Bring what it refers to, a record or an entry of a lookup table, then replay.",
            FailureCause.TooLarge => "Make the record smaller at its source, or discard it.",
            FailureCause.Malformed => "Correct the record, or ask the source's owner.",
            FailureCause.Configuration => "Open the settings and correct what the message names.",
            FailureCause.Bug => "Report it with the id; replay after the next update.",
            FailureCause.Unknown => "Look at the destination before replaying: the record may be there.",
            FailureCause.Held => "Replay or discard the letter that it waits for; it follows by itself.",
            FailureCause.Quota => "Replay or discard dead letters, or ask a platform admin for more room.",
        };

        public static FailureCause? FromCode(string code)
        {
            foreach (var candidate in Enum.GetValues<FailureCause>())
            {
                if (candidate.Code == code)
                {
                    return candidate;
                }
            }

            return null;
        }
    }
}
