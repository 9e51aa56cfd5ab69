namespace IntegrationConsole.Expressions;

/// <summary>
/// What is wrong with an expression, or with its evaluation: the language's error code, the position in the text
/// (characters from its start, just past what is meant), and a sentence.
/// </summary>
public sealed record ExpressionError(string Code, int? Position, string Message)
{
    /// <summary>The sentence without anything that may come from the data: fit for a log or a list that many may read.</summary>
    public required string Discreet { get; init; }

    /// <summary>The word of the expression, or the function, that is meant.</summary>
    public string? Token { get; init; }

    /// <summary>The value that was refused, as JSON, cut to a readable length.</summary>
    public string? Value { get; init; }

    /// <summary>Whether a limit ended the evaluation, rather than the expression or its data being wrong.</summary>
    public bool IsLimit => Code is ErrorCodes.TimeOrDepth or ErrorCodes.Steps or ErrorCodes.Size or ErrorCodes.RegexTime or ErrorCodes.SequenceLength;
}
