using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Naming_values_by_path
{
    [Theory]
    [InlineData("email", "email")]
    [InlineData("customer.address.city", "customer|address|city")]
    [InlineData("lines[0].sku", "lines|[0]|sku")]
    [InlineData("matrix[1][20]", "matrix|[1]|[20]")]
    [InlineData("`first name`.`a.b[0]`", "first name|a.b[0]")]
    [InlineData("`2nd`", "2nd")]
    [InlineData("straße.größe_2", "straße|größe_2")]
    [InlineData("``", "")]
    public void A_path_is_names_and_positions(string text, string steps)
    {
        var (path, problem) = SourcePath.Parse(text);

        Assert.Equal("", problem);
        Assert.Equal(steps, string.Join('|', path!.Steps.Select(step => step.Name ?? $"[{step.Index}]")));
        Assert.Equal(text, path.ToString());
    }

    [Theory]
    [InlineData("", "Name the value of the record, such as customer.email.")]
    [InlineData("   ", "Name the value of the record, such as customer.email.")]
    [InlineData("customer..email", "At character 10 a name was expected; put names with other characters in backticks: `.email`.")]
    [InlineData("customer.", "At character 10 a name was expected")]
    [InlineData("first name", "At character 6 a dot or a position such as [0] was expected.")]
    [InlineData("2nd", "At character 1 a name was expected; put names with other characters in backticks: `2nd`.")]
    [InlineData("lines[x]", "At character 6 a position such as [0] was expected.")]
    [InlineData("lines[-1]", "At character 6 a position such as [0] was expected.")]
    [InlineData("lines[0", "At character 6 a position such as [0] was expected.")]
    [InlineData("lines[99999999999]", "At character 6 a position such as [0] was expected.")]
    [InlineData("lines[0]sku", "At character 9 a dot or a position such as [0] was expected.")]
    [InlineData("[0].sku", "At character 1 a name was expected")]
    [InlineData("`open", "At character 1 a name was expected")]
    [InlineData("$sum(lines.price)", "At character 1 a name was expected")]
    public void What_is_not_a_path_is_explained_at_the_character(string text, string sentence)
    {
        var (path, problem) = SourcePath.Parse(text);

        Assert.Null(path);
        Assert.StartsWith(sentence, problem);
    }

    [Fact]
    public void A_path_deeper_than_any_record_is_refused()
    {
        Assert.Empty(SourcePath.Parse(string.Join('.', Enumerable.Repeat("a", 256))).Problem);
        Assert.Equal("A path has at most 256 steps.", SourcePath.Parse(string.Join('.', Enumerable.Repeat("a", 100_000))).Problem);
    }

    [Theory]
    [InlineData("email")]
    [InlineData("first name")]
    [InlineData("2nd")]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData("größe")]
    [InlineData("\u0001\t")]
    public void Every_name_that_is_quoted_is_read_back_as_itself(string name)
    {
        var (path, _) = SourcePath.Parse(SourcePath.Quote(name));

        Assert.Equal(name, Assert.Single(path!.Steps).Name);
    }
}
