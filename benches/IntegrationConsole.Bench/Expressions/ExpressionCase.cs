namespace IntegrationConsole.Bench.Expressions;

/// <summary>An expression and the JSON that it is evaluated on.</summary>
internal sealed record ExpressionCase(string Name, string Expression, string Input);
