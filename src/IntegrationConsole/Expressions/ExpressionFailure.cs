namespace IntegrationConsole.Expressions;

/// <summary>Carries an error from deep inside to the room's border, where it becomes a value again.</summary>
internal sealed class ExpressionFailure(string code, int? position = null, string? token = null, string? value = null, string? detail = null)
    : Exception(code)
{
    public string Code { get; } = code;

    public int? Position { get; set; } = position;

    public string? Token { get; set; } = token;

    public string? Value { get; } = value;

    /// <summary>The whole message where the expression itself gave it, or what the sentence of the code leaves open.</summary>
    public string? Detail { get; } = detail;

    public ExpressionError ToError() =>
        new(Code, Position, ErrorCodes.Sentence(this)) { Discreet = ErrorCodes.Discreet(this), Token = Token, Value = Value is { Length: > 200 } ? Value[..200] + "…" : Value };
}
