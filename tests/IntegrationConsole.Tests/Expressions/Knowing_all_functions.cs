using System.Text.RegularExpressions;
using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Tests.Expressions;

public sealed partial class Knowing_all_functions
{
    private static readonly Surroundings Known = new(TimeProvider.System, new Random(1))
    {
        Now = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero),
        Tables = (table, key) => (table, key) is ("countries", "DE") ? Value.Of("Germany") : Value.Undefined,
    };

    public static TheoryData<string> Names { get; } = [.. FunctionCatalog.All.Select(note => note.Name)];

    [Fact]
    public void The_catalog_has_every_function_that_can_be_called_and_no_other() =>
        Assert.Equal(Library.Names.Order(StringComparer.Ordinal), FunctionCatalog.All.Select(note => note.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_catalog_knows_which_functions_are_ours() => Assert.Equal(
        IntegrationConsole.Expressions.Additions.OurFunctions.All.Select(function => function.Name).Order(StringComparer.Ordinal),
        FunctionCatalog.All.Where(note => note.IsOurs).Select(note => note.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_example_calls_its_function_and_makes_what_it_says(string name)
    {
        var note = FunctionCatalog.All.Single(note => note.Name == name);

        Assert.Matches($@"\${name}\(", note.Example);
        Assert.Equal(note.Gives, Jsonata.Of(note.Example, surroundings: Known));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_signature_names_as_many_arguments_as_the_function_takes(string name)
    {
        var note = FunctionCatalog.All.Single(note => note.Name == name);

        Assert.Matches($@"^\${name}\(.*\)$", note.Signature);
        Assert.EndsWith(".", note.Does);
        var most = Library.Find(name)!.MostArguments;
        Assert.True(note.Signature.Contains('…') || most == Arguments().Count(note.Signature[(name.Length + 1)..]), $"{note.Signature} and {most}");
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Arguments();
}
