using System.Diagnostics.CodeAnalysis;

namespace IntegrationConsole.Expressions;

/// <summary>A compiled expression, or what is wrong with its text.</summary>
public sealed record ExpressionParsing(Expression? Expression, ExpressionError? Error)
{
    [MemberNotNullWhen(true, nameof(Expression))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsParsed => Expression is not null;
}
