using IntegrationConsole.DeadLetters.Runbooks;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Runbooks;

public sealed class Reading_the_text_of_a_runbook
{
    [Fact]
    public void Headings_steps_points_code_and_paragraphs_are_told_apart()
    {
        var blocks = RunbookText.Read("""
            # First
            Look at the status page
            and wait.

            1. Open **Settings**.
            2) Press `Renew`,
               then wait.
            - one
            * two
            ```
            1. <b>as it stands</b>
            ```
            #no heading
            """);

        Assert.Equal(
            [
                "Heading: First", "Paragraph: Look at the status page and wait.", "Steps: Open *Settings*. | Press `Renew`, then wait.", "Points: one | two",
                "Verbatim: 1. <b>as it stands</b>", "Paragraph: #no heading",
            ],
            blocks.Select(Words));
    }

    [Theory]
    [InlineData("See https://status.example.com/a?b=c.", "See [https://status.example.com/a?b=c].")]
    [InlineData("(http://wiki.example.com/x)", "([http://wiki.example.com/x])")]
    [InlineData("javascript:alert(1) and https:// alone", "javascript:alert(1) and https:// alone")]
    [InlineData("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>")]
    [InlineData("2 ** 3 and `open", "2 ** 3 and `open")]
    [InlineData("**strong** and `a**b`", "*strong* and `a**b`")]
    public void Inside_a_line_only_strong_words_code_and_addresses_mean_anything(string line, string read) => Assert.Equal($"Paragraph: {read}", Words(Assert.Single(RunbookText.Read(line))));

    [Fact]
    public void The_longest_that_may_be_typed_is_read_at_once_whatever_it_is()
    {
        foreach (var piece in new[] { "`", "**a", "https://", "1. ", "- x\n", "```\n", "**", "h" })
        {
            var text = string.Concat(Enumerable.Repeat(piece, RunbookDraft.LongestSteps / piece.Length));
            var watch = ThreadWatch.StartNew();
            RunbookText.Read(text);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), piece);
        }
    }

    private static string Words(RunbookBlock block) => $"{block.Kind}: {string.Join(" | ", block.Lines.Select(line => string.Concat(line.Select(Words))))}";

    private static string Words(RunbookSpan span) => span.Kind switch
    {
        RunbookSpanKind.Strong => $"*{span.Text}*",
        RunbookSpanKind.Code => $"`{span.Text}`",
        RunbookSpanKind.Link => $"[{span.Text}]",
        RunbookSpanKind.Plain => span.Text,
    };
}
