using System.Collections.Frozen;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>All built-in functions by name.</summary>
internal static class Library
{
    private static readonly FrozenDictionary<string, BuiltIn> Functions = new[]
    {
        StringFunctions.All, MatchFunctions.All, UrlFunctions.All, NumberFunctions.All, ArrayFunctions.All, ObjectFunctions.All,
        HigherOrderFunctions.All, TimeFunctions.All, EvalFunction.All, Additions.OurFunctions.All,
    }.SelectMany(each => each).ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    public static BuiltIn? Find(string name) => Functions.GetValueOrDefault(name);

    /// <summary>The names of all functions, for completion.</summary>
    public static IEnumerable<string> Names => Functions.Keys;
}
