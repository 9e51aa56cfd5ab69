namespace IntegrationConsole.Expressions.Parsing;

internal enum TokenKind
{
    End,
    Name,
    Variable,
    Text,
    Number,
    Literal,
    Regex,
    Operator,
}

/// <summary>One word of an expression. <see cref="Position"/> is just past it, as the language's reference reports positions.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public double Number { get; init; }

    /// <summary>The flags of a regular expression.</summary>
    public string Flags { get; init; } = "";

    public bool Is(string text) => Kind == TokenKind.Operator && Text == text;
}
