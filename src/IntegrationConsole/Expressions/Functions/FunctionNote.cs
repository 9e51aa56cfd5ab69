namespace IntegrationConsole.Expressions.Functions;

/// <summary>What a person needs to know of a function to use it.</summary>
/// <param name="Name">Without the dollar sign.</param>
/// <param name="Signature">How it is called, with the names of its arguments; those in brackets may be left out.</param>
/// <param name="Does">One sentence.</param>
/// <param name="Example">A whole expression that needs no record.</param>
/// <param name="Gives">What the example makes, as JSON; <c>undefined</c> for nothing.</param>
/// <param name="IsOurs">Not a function of the language, but one that we add to it.</param>
public sealed record FunctionNote(string Name, string Signature, string Does, string Example, string Gives, bool IsOurs = false);
