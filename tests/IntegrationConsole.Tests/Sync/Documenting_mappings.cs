using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Agreements;
using IntegrationConsole.Sync;
using IntegrationConsole.Tests.Mappings;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Documenting_mappings
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 30, 0, TimeSpan.Zero);

    [Fact]
    public void A_document_says_what_the_version_does()
    {
        var document = new MappingDocument(
            [
                new() { Name = "id", Type = FieldType.Integer, Source = "order.id" },
                new() { Name = "total", Type = FieldType.Decimal, Origin = ValueOrigin.Expression, Source = "$sum(lines.total)", Default = "0", Rounding = Rounding.HalfEven, Decimals = 2, OnError = FieldErrorRule.Default },
                new() { Name = "country", Source = "country", Trim = true, Case = LetterCase.Upper, Lookup = "countries", LookupMiss = LookupMiss.KeepValue, Required = true },
                new() { Name = "due", Type = FieldType.Date, Source = "due", Format = "dd.MM.yyyy", Culture = "de-DE", TimeZone = "Europe/Berlin" },
                new() { Name = "state", Source = "state", Values = new Dictionary<string, string> { ["A"] = "active" }, LookupMiss = LookupMiss.Empty, MaxLength = 10, CutOff = true },
            ],
            [new("status", ConditionOperator.Equals, "paid")]) { Filter = "total > 0" };

        Assert.Equal(
            """
            # Mapping of Orders

            - Version: 3 (published)
            - Edited: 2026-03-02 08:30 UTC by ada@example.com
            - Published: 2026-03-02 08:30 UTC by ada@example.com
            - Note: first release
            - From: Shop, orders
            - To: Warehouse, order_table
            - Writing: changes the record with the key, or makes it
            - Key: `id`

            ## Fields

            | Field | Type | Comes from | Conversion | Without a value | On an error |
            |---|---|---|---|---|---|
            | `id` | integer | `order.id` | none | required: the record is rejected | sets the record aside |
            | `total` | decimal | the expression below | rounded to 2 digits, a half to the even digit | takes `0` | gives the default |
            | `country` | text | `country` | trimmed, upper case, looked up in `countries` (kept if not there) | required: the record is rejected | sets the record aside |
            | `due` | date | `due` | format `dd.MM.yyyy`, culture `de-DE`, time zone `Europe/Berlin` | stays empty | sets the record aside |
            | `state` | text | `state` | `A` becomes `active` (empty if not there), at most 10 characters, cut off | stays empty | sets the record aside |

            ## Which records are taken

            Only records that meet all of these; the others are counted as filtered:

            - status is paid
            - the filter expression holds:

              ```jsonata
              total > 0
              ```

            ## Expressions

            `total`:

            ```jsonata
            $sum(lines.total)
            ```

            ## Lookup tables

            - `countries`: 1,250 rows, last changed 2026-03-02 08:30 UTC by bob

            """.ReplaceLineEndings("\n"), Of(document));
    }

    [Fact]
    public void Keys_child_tables_their_lookups_and_schemas_stand_in_it()
    {
        var lines = new ChildTable
        {
            Stream = "order_lines", List = "lines", KeyFields = ["order", "line"],
            Fields =
            [
                new() { Name = "order", Type = FieldType.Integer, Source = "record.id" }, new() { Name = "line", Type = FieldType.Integer, Source = "index" },
                new() { Name = "from", Origin = ValueOrigin.Expression, Source = "$lookup_table('countries', item.from)" }, new() { Name = "unit", Source = "item.unit", Lookup = "units" },
            ],
        };
        var document = new MappingDocument([new() { Name = "id", Source = "id" }], []) { Key = "number", InputSchema = "{}", OutputSchema = "true", OutputMisfit = MisfitRule.Note, Children = [lines] };

        var text = Of(document);

        Assert.Contains("## Rows and keys\n\n- A record is known by `number`.\n- Each item of `lines` makes a row of `order_lines`, known by `order`, `line`.\n\n### Rows of `order_lines`\n", text);
        Assert.Contains("| `line` | integer | `index` | none | required: the record is rejected | sets the record aside |\n", text);
        Assert.Contains("## Expressions\n\n`from` of `order_lines`:\n\n```jsonata\n$lookup_table('countries', item.from)\n```\n", text);
        Assert.Contains("## Lookup tables\n\n- `units`: does not exist any more\n- `countries`: 1,250 rows, ", text);
        Assert.Contains("## What the source sends\n\nA record that does not fit is set aside.\n\n```json\n{}\n```\n", text);
        Assert.Contains("## What the destination takes\n\nA record that does not fit goes on, and is counted in the run's log.\n\n```json\ntrue\n```\n", text);
        Assert.Contains("## Which records are taken\n\nEvery record.\n", text);
    }

    [Fact]
    public void Splits_groups_and_tables_that_nobody_can_name_beforehand_stand_in_it()
    {
        FieldRule asks = new() { Name = "a", Origin = ValueOrigin.Expression, Source = "$lookup_table(kind, x)" };

        Assert.Contains("- Each item of `lines` makes a row.\n", Of(Trial.Document(asks) with { Split = "lines", Key = "id" }));
        Assert.Contains("- Records of a batch with the same `customer` make one row together.\n", Of(Trial.Document(asks) with { Group = "customer", Key = "id" }));
        Assert.Contains("## Lookup tables\n\n- An expression reckons the name of a table: it may ask any.\n", Of(Trial.Document(asks)));
    }

    [Fact]
    public void Whatever_is_changed_about_a_mapping_is_seen_in_its_document() =>
        Assert.All(OneChange.OfAllParts(), change => Assert.NotEqual((change.What, Of(OneChange.Whole)), (change.What, Of(change.Changed))));

    [Fact]
    public void Whatever_somebody_wrote_stays_text()
    {
        var document = new MappingDocument(
            [
                new() { Name = "a|b`c``d", Source = "x" },
                new() { Name = "e", Origin = ValueOrigin.Constant, Source = "`" },
                new() { Name = "f", Origin = ValueOrigin.Expression, Source = "'```\n# Not a title\n```'" },
            ],
            [new("<script>", ConditionOperator.Equals, "[click](https://evil.example)\n# Not a title")]);

        var text = Of(document, "Or<b>ders\n# Not *mine* ![x](y)");

        Assert.StartsWith("# Mapping of Or&lt;b&gt;ders # Not \\*mine\\* !\\[x\\](y)\n", text);
        Assert.Contains("| ```a\\|b`c``d``` | text | `x` |", text);
        Assert.Contains("| `e` | text | the constant `` ` `` |", text);
        Assert.Contains("````jsonata\n'```\n# Not a title\n```'\n````", text);
        Assert.Contains("- &lt;script&gt; is \\[click\\](https\\://evil.example) # Not a title\n", text);
        Assert.DoesNotContain("<script>", text);
    }

    [Theory]
    [InlineData("shop #1 (EU): 10 % + {tax}!", "shop #1 (EU): 10 % + {tax}!")]
    [InlineData("order_lines of Shop & Co.", "order_lines of Shop & Co.")]
    [InlineData("_private_ *new* ~old~", "\\_private\\_ \\*new\\* \\~old\\~")]
    [InlineData("a &lt; b", "a &amp;lt; b")]
    [InlineData("www.evil.example and C#", "www\\.evil.example and C\\#")]
    public void Only_what_would_be_more_than_text_is_marked_as_text(string name, string written) =>
        Assert.StartsWith($"# Mapping of {written}\n", Of(new MappingDocument([], []), name));

    [Theory]
    [InlineData("1.a", "1\\.a")]
    [InlineData("- a", "\\- a")]
    [InlineData("# a", "\\# a")]
    public void A_condition_begins_no_list_and_no_title_of_its_own(string path, string written) =>
        Assert.Contains($"\n- {written} has a value\n", Of(new MappingDocument([], [new(path, ConditionOperator.Present, "")])));

    [Fact]
    public void An_expression_of_a_child_table_is_named_with_its_table()
    {
        var total = new FieldRule { Name = "total", Origin = ValueOrigin.Expression, Source = "1" };
        var document = new MappingDocument([total], []) { Children = [new() { Stream = "order_lines", List = "lines", KeyFields = ["total"], Fields = [total with { Source = "2" }] }] };

        var text = Of(document);

        Assert.Contains("\n`total`:\n\n```jsonata\n1\n", text);
        Assert.Contains("\n`total` of `order_lines`:\n\n```jsonata\n2\n", text);
    }

    [Fact]
    public async Task The_document_is_that_of_the_published_version_unless_another_is_asked_for()
    {
        await using var world = await SyncWorld.StartAsync();
        var store = world.Console.Get<MappingStore>();
        var newest = (await store.ListVersionsAsync(world.Tenant, world.Sync.MappingId, default))[0];
        await store.SaveDraftAsync(
            world.Tenant, world.Sync.MappingId, 1, newest.EditedAt, new MappingDocument([new() { Name = "in_draft", Source = "x" }], []), TestConsole.Somebody, default);
        var documents = world.Console.Get<MappingDocuments>();

        var published = await documents.WriteAsync(world.Tenant, "things", null, default);
        var draft = await documents.WriteAsync(world.Tenant, "things", 2, default);

        Assert.Contains("- Version: 1 (published)", published);
        Assert.DoesNotContain("in_draft", published);
        Assert.Contains("- From: fake, things\n", published);
        Assert.Contains("- Version: 2 (draft)", draft);
        Assert.Contains("`in_draft`", draft);
        Assert.Null(await documents.WriteAsync(world.Tenant, "things", 9, default));
        Assert.Null(await documents.WriteAsync(world.Tenant, "nothing", null, default));
        Assert.Null(await documents.WriteAsync(await world.Console.GivenATenantAsync(), "things", null, default));
    }

    private static string Of(MappingDocument document, string title = "Orders") => MappingMarkdown.Of(
        new MappingVersion(Guid.Empty, 3, VersionState.Published, document.ToJson(), "first release", "ada@example.com", At, "ada@example.com", At),
        new MappingSetting(
            title, "Shop, orders", "Warehouse, order_table", "changes the record with the key, or makes it", ["id"],
            [new LookupTable(Guid.Empty, "countries", "", 1_250, At, "bob", 1)]));
}
