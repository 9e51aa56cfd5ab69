using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Support;

/// <summary>A part of the screen that a person looks at.</summary>
internal class Part(ILocator scope)
{
    public ILocator Scope => scope;

    public ILocator Button(string name) => scope.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => scope.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Field(string label) => scope.GetByLabel(LabelOf(label));

    /// <summary>A part of the page that has a heading.</summary>
    public Part Region(string name) => new(scope.GetByRole(AriaRole.Region, new() { Name = name, Exact = true }));

    /// <summary>Fields that belong together under a word of their own.</summary>
    public Part Group(string name) => new(scope.GetByRole(AriaRole.Group, new() { Name = name, Exact = true }));

    public Part Row(string text) => new(scope.GetByRole(AriaRole.Row).Filter(new() { HasText = text }));

    /// <summary>Where the first row of a table leads; its headings may lead somewhere, too.</summary>
    public ILocator FirstRowLink => scope.Locator("tbody").GetByRole(AriaRole.Link).First;

    /// <summary>The row of a table that a link of this name leads on from.</summary>
    public Part RowOf(string link) => new(scope.GetByRole(AriaRole.Row).Filter(new() { Has = scope.Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }) }));

    public Task PressAsync(string button) => Button(button).ClickAsync();

    public Task FollowAsync(string link) => Link(link).ClickAsync();

    public Task FillAsync(string label, string text) => Field(label).FillAsync(text);

    public Task ChooseAsync(string label, string option) => Field(label).SelectOptionAsync(new SelectOptionValue { Label = option });

    public Task TickAsync(string label) => Field(label).CheckAsync();

    /// <summary>One of several cards, which begins with these words.</summary>
    public Task PickAsync(string choice) => scope.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex($"^{Regex.Escape(choice)}\\b") }).CheckAsync();

    public Task SeesAsync(string text) => Expect(scope.GetByText(text).First).ToBeVisibleAsync();

    public Task SeesAsync(Regex text) => Expect(scope.GetByText(text).First).ToBeVisibleAsync();

    public Task SeesNothingOfAsync(string text) => Expect(scope.GetByText(text)).ToHaveCountAsync(0);

    public Task SeesProblemAsync(string label, string sentence) => Expect(Field(label)).ToHaveAccessibleDescriptionAsync(new Regex(Regex.Escape(sentence)));

    /// <summary>The large number on a card.</summary>
    public ILocator Figure(string label) => scope.Locator(".tile", new() { Has = scope.Page.GetByText(label, new() { Exact = true }) }).Locator(".value");

    /// <summary>Required fields carry a star behind their label.</summary>
    private static Regex LabelOf(string label) => new($"^\\s*{Regex.Escape(label)}\\s*\\*?\\s*$");
}
