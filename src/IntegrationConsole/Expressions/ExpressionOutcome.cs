using System.Diagnostics.CodeAnalysis;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions;

/// <summary>What an evaluation gave: a value, which may be <see cref="Value.Undefined"/>, or an error.</summary>
public readonly record struct ExpressionOutcome(Value Value, ExpressionError? Error)
{
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
