using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>What a call says about the system that was called.</summary>
public enum CallSign
{
    /// <summary>It is there and answers, whatever it answers.</summary>
    Well,

    /// <summary>It failed over this call (500): perhaps over all, perhaps over this one record.</summary>
    Stumbled,

    /// <summary>It is not there, or not able to answer.</summary>
    Down,

    /// <summary>It does not know us any more (401, a login that is not accepted).</summary>
    Refused,

    /// <summary>It wants to be left alone for a while that is too long to wait for.</summary>
    Away,

    /// <summary>Says nothing about it.</summary>
    None,
}

public static class CallSigns
{
    extension(Failure failure)
    {
        public CallSign Sign => failure switch
        {
            { Hold: not null } => CallSign.None,
            { Cause: FailureCause.TargetDown or FailureCause.RateLimit, RetryAfter: { } asked } when asked > Backoff.LongestAsked => CallSign.Away,
            { Cause: FailureCause.TargetDown, Code: "500" } => CallSign.Stumbled,
            { Cause: FailureCause.Timeout, Code: PostgresErrorCodes.QueryCanceled } => CallSign.None,
            { Cause: FailureCause.TargetDown or FailureCause.Timeout } => CallSign.Down,
            { Cause: FailureCause.Auth, Code: "403" or PostgresErrorCodes.InsufficientPrivilege } => CallSign.Well,
            { Cause: FailureCause.Auth } => CallSign.Refused,
            { Cause: FailureCause.RateLimit } or { Cause.IsOfARecord: true } => CallSign.Well,
            _ => CallSign.None,
        };
    }
}
