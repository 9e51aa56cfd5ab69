namespace IntegrationConsole.Connectors.Failures;

/// <summary>One thing that went wrong, as an operator should read it.</summary>
/// <param name="Cause">Its class.</param>
/// <param name="Sentence">What happened and to what, without any value of a record and without a secret.</param>
/// <param name="Code">The outside system's own code: an HTTP status, an SQLSTATE; empty where it has none.</param>
/// <param name="Field">The field it is about; empty for the whole record, or more.</param>
public sealed record Failure(FailureCause Cause, string Sentence, string Code = "", string Field = "")
{
    /// <summary>Where in the source the record stands, such as "Line 17 of orders.csv"; empty where its key says enough.</summary>
    public string Place { get; init; } = "";

    /// <summary>When the outside system asks to be left alone until then.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Worth trying again at once; what the cause says, unless the one who saw it knows better.</summary>
    public bool IsRetryable { get; init; } = Cause.IsTransient;

    /// <summary>The request went out and its answer did not come back: the outside system may have acted on it.</summary>
    public bool MayHaveHappened { get; init; }

    /// <summary>
    /// Concerns the whole connection and not the records at hand: splitting a batch or setting a record aside does not help.
    /// </summary>
    public bool IsSystemic { get; init; } = Cause is FailureCause.Auth or FailureCause.TargetDown or FailureCause.RateLimit or FailureCause.Configuration;

    /// <summary>Why the call was not even made; null for one that was.</summary>
    public Hold? Hold { get; init; }

    /// <summary>The beginning of what the outside system answered. May repeat parts of a payload: kept sealed, never logged.</summary>
    public string Answer { get; init; } = "";

    /// <summary>What the outside system calls the call, where its answer says so: its support finds it by that.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>The answer is left out: this text may be logged.</summary>
    public override string ToString() => Code.Length > 0 ? $"{Cause.Code} ({Code}): {Sentence}" : $"{Cause.Code}: {Sentence}";
}

/// <summary>
/// Carries an expected failure out of nested reading or writing to the border of its batch, where it becomes a value
/// again.
/// </summary>
public sealed class FailureException(Failure failure, Exception? inner = null) : Exception(failure.Sentence, inner)
{
    public Failure Failure { get; } = failure;
}
