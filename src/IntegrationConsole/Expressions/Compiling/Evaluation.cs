using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>A compiled part of an expression.</summary>
internal delegate Value Evaluation(Value input, Frame frame, Run run);
